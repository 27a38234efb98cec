
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("js");

  function speak(lang) {
    root.lang = lang;
    document.title = document.querySelector("title").dataset[lang];
    document.querySelectorAll("[data-speak]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.speak === lang));
    });
    document.querySelectorAll("[data-label-" + lang + "]").forEach(function (element) {
      element.setAttribute("aria-label", element.getAttribute("data-label-" + lang));
    });
  }
  document.querySelectorAll("[data-speak]").forEach(function (button) {
    button.addEventListener("click", function () { speak(button.dataset.speak); });
  });
  speak(root.lang);

  // A filter hides what does not match; a group with nothing left in it goes too.
  document.querySelectorAll("[data-filter]").forEach(function (bar) {
    var section = bar.closest("section");
    var words = bar.querySelector("input[type=search]");
    var boxes = Array.from(bar.querySelectorAll("input[type=checkbox]"));
    var count = bar.querySelector("output");
    var rows = Array.from(section.querySelectorAll("[data-verdict]"));
    function apply() {
      var wanted = boxes.filter(function (box) { return box.checked; }).map(function (box) { return box.value; });
      var text = words.value.trim().toLowerCase();
      var shown = 0;
      rows.forEach(function (row) {
        var hit = wanted.includes(row.dataset.verdict) && (!text || row.textContent.toLowerCase().includes(text));
        row.hidden = !hit;
        shown += hit ? 1 : 0;
      });
      section.querySelectorAll("[data-group]").forEach(function (group) {
        group.hidden = !group.querySelector("[data-verdict]:not([hidden])");
      });
      count.textContent = shown + " / " + rows.length;
    }
    words.addEventListener("input", apply);
    boxes.forEach(function (box) { box.addEventListener("change", apply); });
    bar.querySelectorAll("[data-open]").forEach(function (button) {
      button.addEventListener("click", function () {
        section.querySelectorAll("details[data-verdict]").forEach(function (one) {
          one.open = button.dataset.open === "yes";
        });
      });
    });
    apply();
  });

  // On paper nothing can be unfolded: the messages that failures point at come along.
  var unfolded = [];
  window.addEventListener("beforeprint", function () {
    unfolded = Array.from(document.querySelectorAll(".case[open] .cited:not([open])"));
    unfolded.forEach(function (one) { one.open = true; });
  });
  window.addEventListener("afterprint", function () {
    unfolded.forEach(function (one) { one.open = false; });
  });

  // A link to a case opens it.
  function open() {
    var target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") { target.hidden = false; target.open = true; target.scrollIntoView(); }
  }
  window.addEventListener("hashchange", open);
  open();
})();
