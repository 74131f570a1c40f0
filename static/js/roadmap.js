// Ideas of a roadmap are moved with the pointer, or with keys from the grip of a card. Without script a form does it.
{
  const says = document.getElementById("roadmap-says");
  const why = document.getElementById("roadmap-why");
  const board = () => document.getElementById("roadmap");
  const columnOf = (card) => card.closest(".roadmap__column");
  const nameOf = (card) => columnOf(card).querySelector("h2").textContent.trim();
  const titleOf = (card) => card.querySelector("h3").textContent.trim();
  const gripOf = (card) => document.getElementById(card.id)?.querySelector(".roadmap__grip");
  const say = (words) => (says.textContent = words);
  const where = (card) => {
    const all = [...card.parentElement.children];
    return `${nameOf(card)}, place ${all.indexOf(card) + 1} of ${all.length}`;
  };
  let held = null; // what is lifted: the card and where it was
  let sent = null; // what the server was asked for
  let pressed = null; // where the pointer went down
  let dragged = false;

  const lift = (card, byKeys) => {
    held = { card, byKeys, list: card.parentElement, next: card.nextElementSibling };
    card.classList.add("lifted");
    board().classList.add("moving");
  };
  const letGo = () => {
    const was = held;
    held = null;
    was.card.classList.remove("lifted");
    board().classList.remove("moving");
    return was;
  };
  const putBack = (was, words) => {
    was.list.insertBefore(was.card, was.next);
    gripOf(was.card)?.focus();
    say(`${titleOf(was.card)}: ${words}`);
  };
  const send = (was, words) => {
    const { card } = was;
    const after = card.previousElementSibling?.dataset.idea ?? "";
    const values = { column: columnOf(card).dataset.column, after, place: after ? "" : 1, ...words };
    sent = { ...was, words: `${titleOf(card)} is in ${where(card)}.` };
    board().classList.add("waiting");
    htmx.ajax("PUT", card.dataset.place, { target: "#roadmap", swap: "outerHTML", values });
  };
  const ask = (was) => {
    const column = columnOf(was.card);
    const form = why.querySelector("form");
    const closes = "closes" in column.dataset;
    why.querySelector("h2").textContent = `${nameOf(was.card)}: ${titleOf(was.card)}`;
    form.reset();
    form.querySelector("[data-closing]").hidden = !closes;
    form.ground.required = closes;
    why.returnValue = "";
    const words = () => ({ reason: form.reason.value, ground: closes ? form.ground.value : "" });
    why.onclose = () => (why.returnValue === "yes" ? send(was, words()) : putBack(was, "left where it was."));
    why.showModal();
  };
  const drop = () => {
    const was = letGo();
    const stays = columnOf(was.card) === columnOf(was.list);
    if (stays && was.card.nextElementSibling === was.next) return putBack(was, "dropped where it was.");
    if (stays || board().dataset.arrangement !== "status") return send(was, {});
    ask(was);
  };
  const step = (card, key) => {
    const list = card.parentElement;
    if (key === "ArrowUp") card.previousElementSibling?.before(card);
    if (key === "ArrowDown") card.nextElementSibling?.after(card);
    const aside = { ArrowLeft: -1, ArrowRight: 1 }[key] * (document.dir === "rtl" ? -1 : 1);
    if (aside) {
      const lists = [...board().querySelectorAll(".roadmap__items")];
      const other = lists[lists.indexOf(list) + aside];
      other?.insertBefore(card, other.children[[...list.children].indexOf(card)] ?? null);
    }
    gripOf(card).focus();
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
    say(where(card));
  };

  if (says && why) {
    document.addEventListener("keydown", (event) => {
      if (held && event.key === "Escape") return putBack(letGo(), "left where it was.");
      const card = event.target.closest?.(".roadmap__grip")?.closest(".roadmap__item");
      if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === " " && !held) {
        lift(card, true);
        say(`Lifted ${titleOf(card)}. ${where(card)}. Arrow keys move it, space drops it, escape leaves it.`);
      } else if (held?.byKeys && (event.key === " " || event.key === "Enter")) drop();
      else if (held?.byKeys && event.key.startsWith("Arrow")) step(card, event.key);
      else if (!(held && event.key === "Tab")) return;
      event.preventDefault();
    });

    const follow = (x, y) => {
      const column = document.elementsFromPoint(x, y).find((each) => each.matches(".roadmap__column"));
      const near = 48;
      const box = board().getBoundingClientRect();
      board().scrollBy(x < box.left + near ? -12 : x > box.right - near ? 12 : 0, 0);
      scrollBy(0, y < near ? -12 : y > innerHeight - near ? 12 : 0);
      if (!column) return;
      const list = column.querySelector(".roadmap__items");
      const others = [...list.children].filter((each) => each !== held.card);
      const middle = (each) => each.getBoundingClientRect().top + each.offsetHeight / 2;
      list.insertBefore(held.card, others.find((each) => y < middle(each)) ?? null);
    };
    document.addEventListener("pointerdown", ({ target, button, pointerType, clientX: x, clientY: y, pointerId }) => {
      dragged = false;
      const card = target.closest(".roadmap__item[data-place]");
      const grip = target.closest(".roadmap__grip");
      if (!card || button || held || sent) return;
      if (!grip && (pointerType !== "mouse" || target.closest("a, button, form"))) return;
      pressed = { card, x, y, pointerId };
    });
    document.addEventListener("pointermove", ({ clientX: x, clientY: y }) => {
      if (pressed && !held && Math.hypot(x - pressed.x, y - pressed.y) > 5) {
        lift(pressed.card, false);
        board().setPointerCapture(pressed.pointerId);
        dragged = true;
      }
      if (held && !held.byKeys) follow(x, y);
    });
    const end = (cancelled) => {
      pressed = null;
      if (!held || held.byKeys) return;
      if (cancelled) putBack(letGo(), "left where it was.");
      else drop();
    };
    document.addEventListener("pointerup", () => end(false));
    document.addEventListener("pointercancel", () => end(true));
    document.addEventListener("dragstart", (event) => pressed && event.preventDefault());
    document.addEventListener(
      "click",
      (event) => {
        if (dragged && event.target.closest(".roadmap")) event.preventDefault();
        dragged = false;
      },
      true,
    );
    why.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      why.close("yes");
    });
    why.querySelector("[data-close]").addEventListener("click", () => why.close(""));
    document.addEventListener("htmx:afterRequest", ({ detail }) => {
      if (!sent || detail.requestConfig?.path !== sent.card.dataset.place) return;
      const was = sent;
      sent = null;
      board().classList.remove("waiting");
      if (!detail.successful) return putBack(was, "not moved. The reason stands at the foot of the page.");
      gripOf(was.card)?.focus();
      say(was.words);
    });
  }
}
