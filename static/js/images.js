// Pictures go into a text by paste, drop or choice: each is sent, its line stands at the cursor, and its words are asked for.
{
  const kinds = ["image/jpeg", "image/png", "image/webp", "image/gif"];
  const toolOf = (area) => (area?.matches?.("textarea") ? document.querySelector(`.images[data-for="${area.id}"]`) : null);
  const picturesIn = (data) => [...(data?.files ?? [])].filter((file) => file.type.startsWith("image/"));
  const changed = (area) => area.dispatchEvent(new Event("input", { bubbles: true }));

  const put = (area, line) => {
    const before = area.value.slice(0, area.selectionStart);
    const text = `${before && !before.endsWith("\n") ? "\n" : ""}${line}\n`;
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    changed(area);
  };

  const describe = (area, added) => {
    const words = added.querySelector("input");
    words.addEventListener("input", () => {
      const at = area.value.indexOf(`](${added.dataset.src})`);
      const start = area.value.lastIndexOf("![", at);
      if (at < 0 || start < 0) return;
      area.setRangeText(words.value.replace(/[[\]\\`<>\n]/g, " "), start + 2, at, "preserve");
      changed(area);
    });
    words.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      area.focus();
    });
  };

  const send = async (tool, area, file) => {
    const says = tool.querySelector("[role=status]");
    const place = tool.querySelector(".images__added");
    if (!kinds.includes(file.type)) {
      says.textContent = "Only JPEG, PNG, WebP and GIF pictures can be added.";
      return;
    }
    says.textContent = `Adding ${file.name || "the picture"} …`;
    const body = new FormData();
    body.append("csrf_token", area.form.elements.csrf_token.value);
    body.append("image", file, file.name || "picture");
    try {
      const answer = await fetch(tool.dataset.images, { method: "POST", headers: { "HX-Request": "true" }, body });
      const made = document.createRange().createContextualFragment(await answer.text());
      const added = made.querySelector(".added");
      if (!answer.ok || !added) {
        says.textContent = [...made.querySelectorAll("h1, h2, p")].map((each) => each.textContent.trim()).join(" ");
        return;
      }
      place.append(added);
      put(area, added.dataset.markdown);
      describe(area, added);
      says.textContent = "The picture is in your text. Say what it shows, for those who do not see it.";
    } catch {
      says.textContent = "The picture could not be sent. Your text is here; try again in a moment.";
    }
  };
  const sendAll = async (tool, area, files) => {
    for (const file of files) await send(tool, area, file);
  };

  document.addEventListener("paste", (event) => {
    const tool = toolOf(event.target);
    const files = tool ? picturesIn(event.clipboardData) : [];
    if (!files.length) return;
    event.preventDefault();
    sendAll(tool, event.target, files);
  });
  document.addEventListener("dragover", (event) => {
    if (toolOf(event.target) && [...(event.dataTransfer?.items ?? [])].some((item) => item.kind === "file")) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const tool = toolOf(event.target);
    if (!tool || !event.dataTransfer?.files.length) return;
    event.preventDefault();
    sendAll(tool, event.target, [...event.dataTransfer.files]);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".images a.act");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const tool = link.closest(".images");
    const chooser = Object.assign(document.createElement("input"), { type: "file", accept: kinds.join(), multiple: true });
    chooser.addEventListener("change", () => sendAll(tool, document.getElementById(tool.dataset.for), chooser.files));
    chooser.click();
  });
}
