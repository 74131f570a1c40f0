// Keys of the desk: j and k move between ideas, s decides, x selects, / filters, ? shows the keys. Enter is the link's own.
{
  const desk = document.querySelector("[data-desk]");
  if (desk) {
    const links = [...desk.querySelectorAll("tbody th[scope=row] a")];
    const row = () => document.activeElement.closest("[data-desk] tbody tr");
    const move = (step) => {
      const here = links.findIndex((link) => link.closest("tr") === row());
      const next = here < 0 ? (step > 0 ? 0 : links.length - 1) : here + step;
      links[Math.max(0, Math.min(next, links.length - 1))]?.focus();
    };
    const keys = {
      j: () => move(1),
      k: () => move(-1),
      s: () => row()?.querySelector("[data-decide]")?.click(),
      x: () => row()?.querySelector("input[type=checkbox]")?.click(),
      "/": () => document.getElementById("desk-text")?.focus(),
      "?": () => {
        const help = document.getElementById("desk-keys");
        help.open = !help.open;
        if (help.open) help.querySelector("summary").focus();
      },
    };
    const marks = (box) => box.closest("tr")?.setAttribute("aria-selected", box.checked);
    desk.addEventListener("change", (event) => {
      if (event.target.matches("input[type=checkbox]")) marks(event.target);
    });
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (event.target.matches("input:not([type=checkbox]), select, textarea, [contenteditable]")) return;
      const act = keys[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    });
  }
}
