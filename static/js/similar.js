// What resembles the title being typed: said to screen readers in a sentence, reached with the arrow keys.
{
  const place = document.getElementById("similar");
  const title = document.getElementById("title");
  const says = document.getElementById("similar-says");
  if (place && title && says) {
    const links = () => [...place.querySelectorAll("article h2 a")];
    const here = () => links().findIndex((link) => link.closest("article").contains(document.activeElement));
    const go = (step) => {
      const next = here() + step;
      (next < 0 ? title : (links()[next] ?? document.activeElement)).focus();
    };
    place.addEventListener("htmx:afterSwap", (event) => {
      if (event.target === place) says.textContent = place.querySelector("[data-says]")?.dataset.says ?? "";
    });
    title.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown" || !links().length) return;
      event.preventDefault();
      links()[0].focus();
    });
    place.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape") title.focus();
      if (!step) return;
      event.preventDefault();
      go(step);
    });
  }
}
