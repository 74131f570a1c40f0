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
  };
  if (place) {
    document.addEventListener("htmx:sendError", () =>
      say("We could not reach the server", "Nothing was changed. Look at your connection, then press again."),
    );
    document.addEventListener("htmx:timeout", () =>
      say("That took too long", "Reload the page to see whether it went through, then press again if it did not."),
    );
    document.addEventListener("htmx:beforeRequest", () => place.replaceChildren());
  }
}
