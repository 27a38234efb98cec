// Types into the search box and tells what it found.
setTimeout(function () {
  var box = document.getElementById("q");
  function asked(words, then) {
    box.value = words;
    box.dispatchEvent(new Event("input"));
    setTimeout(function () {
      var hits = document.querySelectorAll("#hits li a");
      then({
        hits: hits.length,
        leads: Array.prototype.every.call(hits, function (hit) { return document.getElementById(hit.hash.slice(1)); }),
        first: hits.length ? hits[0].parentNode.textContent : "",
        contents: !document.getElementById("contents").hidden,
        said: document.getElementById("found").textContent,
      });
    }, 400);
  }
  asked("permit_mismatch", function (code) {
    asked("ｐｅｒｍｉｔ＿ＭＩＳＭＡＴＣＨ", function (wide) {
      asked("no such word anywhere", function (none) {
        asked("", function (empty) {
          var seen = { code: code, wide: wide, none: none, empty: empty,
            resources: performance.getEntriesByType("resource").length };
          document.body.setAttribute("data-seen", JSON.stringify(seen));
        });
      });
    });
  });
}, 0);
