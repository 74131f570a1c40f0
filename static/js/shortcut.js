// Ctrl+K (Command+K) goes to the search box; the hint shows only where the key works.
{
  const box = document.getElementById("find");
  if (box) {
    const hint = box.parentElement.querySelector("kbd");
    const apple = /Mac|iPhone|iPad/.test(navigator.platform);
    hint.textContent = apple ? "⌘ K" : "Ctrl K";
    hint.hidden = matchMedia("(pointer: coarse)").matches;
    document.addEventListener("keydown", (event) => {
      if (event.key.toLowerCase() !== "k" || !(apple ? event.metaKey : event.ctrlKey) || event.altKey || event.shiftKey) return;
      if (!box.checkVisibility()) return;
      event.preventDefault();
      box.select();
      box.focus();
    });
  }
}
