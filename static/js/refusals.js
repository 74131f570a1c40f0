// What an htmx request was refused for is shown at the foot of the page; this also covers an answer that never came.
{
  const place = document.getElementById("notices");
  const say = (title, sentence) => {
    const box = document.createElement("section");
    box.className = "refusal";
    for (const [tag, text] of [["h1", title], ["p", sentence]]) {
      box.append(Object.assign(document.createElement(tag), { textContent: text }));
    }
    place.replaceChildren(box);
    offerToClose();
  };
  const offerToClose = () => {
    const box = place.querySelector(".refusal");
    if (!box || box.querySelector(".close")) return;
    const close = Object.assign(document.createElement("button"), {
      type: "button",
      className: "btn small close",
      textContent: "Close",
    });
    close.addEventListener("click", () => place.replaceChildren());
    box.append(close);
  };
  if (place) {
    place.addEventListener("htmx:afterSwap", offerToClose);
    document.addEventListener("htmx:sendError", () =>
      say("We could not reach the server", "Nothing was changed. Look at your connection, then press again."),
    );
    document.addEventListener("htmx:timeout", () =>
      say("That took too long", "Reload the page to see whether it went through, then press again if it did not."),
    );
    document.addEventListener("htmx:responseError", () =>
      setTimeout(() => {
        if (!place.firstElementChild) say("That did not work", "Reload the page and try again.");
      }, 100),
    );
    document.addEventListener("htmx:beforeRequest", () => place.replaceChildren());
  }
}
