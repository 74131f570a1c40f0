// A form that is on its way cannot be sent twice by a second press.
{
  const ready = (form) => {
    delete form.dataset.sending;
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sending) return event.preventDefault();
    form.dataset.sending = "yes";
    event.submitter?.setAttribute("aria-busy", "true");
    // A download answers without leaving the page, so the button has to come back.
    setTimeout(() => ready(form), 4000);
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach(ready));
}
