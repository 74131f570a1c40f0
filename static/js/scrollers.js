// Code and tables in what people wrote may be wider than the page: the keyboard can scroll those that are.
{
  const reach = (box, name) => {
    if (box.scrollWidth <= box.clientWidth || box.tabIndex === 0) return;
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", name);
  };
  const frame = (table) => {
    const box = document.createElement("div");
    box.className = "prose__wide";
    table.replaceWith(box);
    box.append(table);
    reach(box, "Table");
  };
  const reachAll = (part) => {
    part.querySelectorAll(".prose pre").forEach((code) => reach(code, "Code"));
    part.querySelectorAll(".prose table").forEach((table) => table.closest(".prose__wide") ?? frame(table));
  };
  reachAll(document);
  document.addEventListener("htmx:load", (event) => reachAll(event.target));
}
