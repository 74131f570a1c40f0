// Colours: as the device says, or as this reader chose on this device.
{
  const root = document.documentElement;
  const kept = () => {
    try {
      return localStorage.getItem("theme") || "";
    } catch {
      return "";
    }
  };
  const wear = (theme) => (theme ? (root.dataset.theme = theme) : delete root.dataset.theme);
  wear(kept());
  addEventListener("DOMContentLoaded", () => {
    const choice = document.querySelector("[data-theme-choice]");
    if (!choice) return;
    const select = choice.querySelector("select");
    select.value = kept();
    choice.hidden = false;
    select.addEventListener("change", () => {
      wear(select.value);
      try {
        localStorage.setItem("theme", select.value);
      } catch {
        // Private windows may refuse storage: the choice then lasts for this page.
      }
    });
  });
}
