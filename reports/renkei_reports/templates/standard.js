"use strict";
(function () {
  var box = document.getElementById("q"), hits = document.getElementById("hits");
  var found = document.getElementById("found"), contents = document.getElementById("contents");
  var MOST = 60, index = null;
  function flat(text) { return text.normalize("NFKC").toLowerCase(); }
  // Every block of the page with the heading it stands under; made at the first letter typed, not at load.
  function build() {
    var head = null, made = [];
    document.querySelectorAll("main h1, main h2, main h3, main h4, main p, main li, main tbody tr, main pre").forEach(function (block, n) {
      if (/^H[1-4]$/.test(block.tagName)) head = block;
      if (!block.id) block.id = "b" + n;
      var text = Array.prototype.map.call(block.cells || [block], function (cell) { return cell.textContent; }).join(" · ");
      made.push({ id: block.id, head: head, text: text, flat: flat(text), first: /^H/.test(block.tagName) });
    });
    return made;
  }
  function around(text, word) {
    var at = Math.max(flat(text).indexOf(word), 0), from = Math.max(at - 30, 0);
    var part = document.createElement("small"), mark = document.createElement("mark");
    part.append((from ? "…" : "") + text.slice(from, at));
    mark.append(text.slice(at, at + word.length));
    part.append(mark, text.slice(at + word.length, at + word.length + 70));
    return part;
  }
  function search() {
    var words = flat(box.value).split(/\s+/).filter(Boolean);
    contents.hidden = words.length > 0;
    hits.hidden = words.length === 0;
    hits.textContent = found.textContent = "";
    if (!words.length) return;
    index = index || build();
    var got = index.filter(function (one) { return words.every(function (word) { return one.flat.includes(word); }); });
    got.sort(function (a, b) { return b.first - a.first; });
    found.textContent = got.length ? found.dataset.some.replace("{n}", got.length) : found.dataset.none;
    got.slice(0, MOST).forEach(function (one) {
      var item = document.createElement("li"), link = document.createElement("a");
      link.href = "#" + one.id;
      link.textContent = one.head ? one.head.textContent : "";
      item.append(link, around(one.text, words[0]));
      hits.append(item);
    });
  }
  var waiting;
  box.addEventListener("input", function () { clearTimeout(waiting); waiting = setTimeout(search, 120); });
  box.addEventListener("keydown", function (event) { if (event.key === "Escape") { box.value = ""; search(); } });
})();
