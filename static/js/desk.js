// Keys of the desk: each of them does what a link or a button of the page does. Enter is the link's own.
{
  const desk = document.querySelector("[data-desk]");
  if (desk) {
    const links = [...desk.querySelectorAll("tbody th[scope=row] a")];
    const boxes = [...desk.querySelectorAll("tbody input[type=checkbox]")];
    const bulk = document.getElementById("bulk");
    const row = () => document.activeElement.closest("[data-desk] tbody tr");
    const box = () => row()?.querySelector("input[type=checkbox]");
    const ticked = () => boxes.filter((each) => each.checked);

    const show = () => {
      boxes.forEach((each) => each.closest("tr").setAttribute("aria-selected", each.checked));
      if (!bulk) return;
      const count = ticked().length;
      bulk.querySelector("[data-count]").textContent = count ? `${count} selected` : "With the ticked ideas";
      bulk.querySelector("[data-all]").textContent = count === boxes.length ? "Select none" : "Select all";
    };
    const all = () => {
      const missing = ticked().length < boxes.length;
      boxes.forEach((each) => (each.checked = missing));
      show();
    };
    const move = (step) => {
      const here = links.findIndex((link) => link.closest("tr") === row());
      const next = here < 0 ? (step > 0 ? 0 : links.length - 1) : here + step;
      links[Math.max(0, Math.min(next, links.length - 1))]?.focus();
    };
    // Without ticked ideas it is done to the one where the keyboard is.
    const act = (name) => () => {
      if (!ticked().length) box()?.click();
      if (!bulk || !ticked().length) return;
      bulk.elements.act.value = name;
      bulk.requestSubmit(bulk.querySelector("[type=submit]"));
    };
    const keys = {
      j: () => move(1),
      k: () => move(-1),
      x: () => box()?.click(),
      a: all,
      s: () => (ticked().length ? act("status")() : row()?.querySelector("[data-decide]")?.click()),
      l: act("label"),
      v: act("board"),
      o: act("owner"),
      m: act("merge"),
      b: () => bulk?.elements.act.focus(),
      "/": () => document.getElementById("desk-text")?.focus(),
      "?": () => {
        const help = document.getElementById("desk-keys");
        help.open = !help.open;
        if (help.open) help.querySelector("summary").focus();
      },
    };

    desk.addEventListener("change", show);
    const button = bulk?.querySelector("[data-all]");
    if (button) {
      button.hidden = false;
      button.addEventListener("click", all);
    }
    // A browser that goes back keeps the ticks.
    addEventListener("pageshow", show);
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (event.target.matches("input:not([type=checkbox]), select, textarea, [contenteditable]")) return;
      const done = keys[event.key];
      if (!done) return;
      event.preventDefault();
      done();
    });
  }
}
