// Code and tables in what people wrote may be wider than the page: the keyboard can scroll those that are.
{
  const reach = (box) => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  };
  const frame = (table) => {
    const box = document.createElement("div");
    box.className = "prose__wide";
    table.replaceWith(box);
    box.append(table);
    reach(box);
  };
  const reachAll = (part) => {
    part.querySelectorAll(".prose pre").forEach(reach);
    part.querySelectorAll(".prose table").forEach((table) => table.closest(".prose__wide") ?? frame(table));
  };
  reachAll(document);
  document.addEventListener("htmx:load", (event) => reachAll(event.target));
}
