// What a reader would do with the page, and what comes of it; written into body[data-seen] for the test.
(function () {
  var seen = {};
  function heading() { return document.querySelector("h1").innerText; }
  function visible(selector) {
    return Array.from(document.querySelectorAll(selector)).filter(function (one) { return !one.hidden; }).length;
  }
  function rows() { return visible("#clauses tr[data-verdict]"); }
  function open() { return document.querySelectorAll("details.case[open]").length; }
  function about() { return {lang: document.documentElement.lang, title: document.title, h1: heading()}; }

  seen.first = about();
  seen.rows = rows();
  document.querySelector("[data-speak=en]").click();
  seen.switched = about();

  var search = document.querySelector("#clauses input[type=search]");
  search.value = "p-sig-001";
  search.dispatchEvent(new Event("input"));
  var count = document.querySelector("#clauses output").textContent;
  seen.searched = {rows: rows(), groups: visible("[data-group]"), count: count};
  search.value = "";
  search.dispatchEvent(new Event("input"));
  document.querySelectorAll("#clauses input[type=checkbox]").forEach(function (box) {
    if (box.value !== "fail") { box.click(); }
  });
  seen.failed = rows();

  seen.open = open();
  document.querySelector("[data-open=no]").click();
  seen.shut = open();
  location.hash = "#case-C-SIG-1";
  window.dispatchEvent(new Event("hashchange"));
  seen.linked = open();

  window.dispatchEvent(new Event("beforeprint"));
  seen.unfolded = document.querySelectorAll(".message[open]").length;
  window.dispatchEvent(new Event("afterprint"));
  seen.folded = document.querySelectorAll(".message[open]").length;

  seen.resources = performance.getEntriesByType("resource").length;
  seen.reachable = Array.from(document.querySelectorAll("button, summary, input, a[href]")).every(function (one) {
    return one.tabIndex >= 0;
  });
  seen.dialogs = window.alerts || 0;
  document.body.innerHTML = "";
  document.body.setAttribute("data-seen", JSON.stringify(seen));
})();
