// Says how many characters are left once a text comes near its limit.
{
  const left = (field) => {
    let note = field.parentElement.querySelector(".field__left");
    const rest = field.maxLength - field.value.length;
    const near = rest <= Math.max(20, field.maxLength * 0.1);
    if (!note && near) {
      note = document.createElement("p");
      note.className = "field__left";
      note.setAttribute("role", "status");
      field.after(note);
    }
    if (note) note.textContent = near ? `${rest} characters left` : "";
  };
  document.addEventListener("input", ({ target }) => {
    if (target.matches(".input[maxlength]")) left(target);
  });
}
