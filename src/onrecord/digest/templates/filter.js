
(function () {
  var main = document.getElementById("rows");
  if (!main) return;
  var rows = Array.prototype.slice.call(main.querySelectorAll("tbody tr"));
  var form = document.createElement("form");
  form.className = "filter";
  form.setAttribute("role", "search");
  form.innerHTML = '<label>Find <input type="search" autocomplete="off" placeholder="a name, a place, a word"></label>' +
    '<label>Type <select><option value="">all</option></select></label><output aria-live="polite"></output>';
  var input = form.querySelector("input"), select = form.querySelector("select"), out = form.querySelector("output");
  var types = {};
  rows.forEach(function (row) { types[row.dataset.type] = row.dataset.word; });
  Object.keys(types).sort().forEach(function (type) {
    var option = document.createElement("option");
    option.value = type;
    option.textContent = types[type];
    select.appendChild(option);
  });
  function show() {
    var words = input.value.toLowerCase().split(/\s+/), count = 0;
    rows.forEach(function (row) {
      var text = row.textContent.toLowerCase();
      var fits = (!select.value || row.dataset.type === select.value) &&
        words.every(function (word) { return text.indexOf(word) >= 0; });
      row.hidden = !fits;
      if (fits) count += 1;
    });
    Array.prototype.forEach.call(main.querySelectorAll("section"), function (section) {
      section.hidden = !section.querySelector("tbody tr:not([hidden])");
    });
    out.textContent = count + " of " + rows.length + " shown";
  }
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  input.addEventListener("input", show);
  select.addEventListener("change", show);
  main.parentNode.insertBefore(form, main);
})();
