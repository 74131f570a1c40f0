// What names with which events it makes sense is shown with those alone. A hidden field is not sent.
{
  const chosen = (form, name) => form.querySelector(`[name="${name}"]:checked`)?.value;

  const fit = (form) => {
    for (const name of ["when", "then"]) {
      for (const part of form.querySelectorAll(`[data-fits-${name}]`)) {
        const fits = part.getAttribute(`data-fits-${name}`).split(" ").includes(chosen(form, name));
        part.disabled = !fits;
        (part.closest(".field") ?? part).hidden = !fits;
      }
    }
  };

  for (const form of document.querySelectorAll("form:has([data-fits-when])")) {
    form.addEventListener("change", () => fit(form));
    fit(form);
  }
}
