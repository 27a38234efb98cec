
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
    document.querySelectorAll("[data-text-" + lang + "]").forEach(function (element) {
      element.textContent = element.getAttribute("data-text-" + lang);
    });
  }
  document.querySelectorAll("[data-speak]").forEach(function (button) {
    button.addEventListener("click", function () { speak(button.dataset.speak); });
  });
  speak(root.lang);

  // A filter hides what does not match; a group with nothing left in it goes too.
  document.querySelectorAll("[data-filter]").forEach(function (bar) {
    var section = bar.closest("section");
    var words = bar.querySelector("[data-words]");
    var choices = Array.from(bar.querySelectorAll("select[data-by]"));
    var boxes = Array.from(bar.querySelectorAll("input[type=checkbox]"));
    var count = bar.querySelector("output");
    var rows = Array.from(section.querySelectorAll("[data-verdict]"));
    function apply() {
      var wanted = boxes.filter(function (box) { return box.checked; }).map(function (box) { return box.value; });
      var text = words.value.trim().toLowerCase();
      var shown = 0;
      rows.forEach(function (row) {
        var hit = wanted.includes(row.dataset.verdict) && (!text || row.textContent.toLowerCase().includes(text));
        choices.forEach(function (choice) {
          if (choice.value && row.getAttribute("data-" + choice.dataset.by) !== choice.value) { hit = false; }
        });
        row.hidden = !hit;
        shown += hit ? 1 : 0;
      });
      section.querySelectorAll("[data-group]").forEach(function (group) {
        group.hidden = !group.querySelector("[data-verdict]:not([hidden])");
      });
      count.textContent = shown + " / " + rows.length;
      section.querySelector("[data-nothing]").hidden = shown > 0;
    }
    bar.querySelector("[data-reset]").addEventListener("click", function () {
      words.value = "";
      choices.forEach(function (choice) { choice.value = ""; });
      boxes.forEach(function (box) { box.checked = true; });
      apply();
      words.focus();
    });
    choices.forEach(function (choice) { choice.addEventListener("change", apply); });
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

  document.querySelectorAll("[data-whole]").forEach(function (box) {
    box.addEventListener("change", function () { root.classList.toggle("whole", box.checked); });
  });

  // On paper nothing can be unfolded and nothing can be searched: everything comes along, then all is as it was.
  var unfolded = [], unhidden = [];
  window.addEventListener("beforeprint", function () {
    unfolded = Array.from(document.querySelectorAll("details:not([open])"));
    unfolded.forEach(function (one) { one.open = true; });
    unhidden = Array.from(document.querySelectorAll("main [hidden]:not([data-nothing])"));
    unhidden.forEach(function (one) { one.hidden = false; });
  });
  window.addEventListener("afterprint", function () {
    unfolded.forEach(function (one) { one.open = false; });
    unhidden.forEach(function (one) { one.hidden = true; });
  });

  // A link into something folded or filtered away opens it, and the keyboard goes there.
  function open() {
    var target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) { return; }
    for (var one = target; one; one = one.parentElement) {
      one.hidden = false;
      if (one.tagName === "DETAILS") { one.open = true; }
    }
    var focus = target.tagName === "DETAILS" ? target.querySelector("summary") : target;
    if (!focus.hasAttribute("tabindex") && focus.tagName !== "SUMMARY") { focus.setAttribute("tabindex", "-1"); }
    focus.focus({preventScroll: true});
    target.scrollIntoView();
  }
  window.addEventListener("hashchange", open);
  open();
})();
