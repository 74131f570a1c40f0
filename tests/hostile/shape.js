// What a page is made of, as this browser parses it: every kind of element with its attributes, and how often it
// stands there. What people wrote (inside .prose) is counted apart. The values of attributes that only our templates
// choose are part of the kind; addresses count by where they lead.
(pages) => {
  const FIXED = /^(class|rel|type|method|target|role|http-equiv|charset|lang|dir|for|hx-(?!get|post|put|delete|patch|headers).*)$/;
  const LEADS = /^(href|src|action|formaction|data|poster|cite|background|xlink:href|srcset|ping|manifest|hx-(get|post|put|delete|patch))$/;
  const OURS = "https://ours.invalid";

  const where = (address) => {
    try {
      const url = new URL(address, OURS);
      return url.origin === OURS ? "ours" : url.protocol;
    } catch {
      return "nowhere";
    }
  };
  const attribute = ({ name, value }) => {
    if (LEADS.test(name)) return `${name}>${where(value)}`;
    return FIXED.test(name) ? `${name}=${value.replace(/\d+/g, "N")}` : name;
  };
  const script = (element) => {
    if (element.src) return " by address";
    if (element.type !== "application/ld+json") return " inline";
    try {
      JSON.parse(element.textContent);
      return " of data";
    } catch {
      return " of broken data";
    }
  };
  const kind = (element) => {
    const name = element.namespaceURI.endsWith("xhtml") ? element.localName : `${element.prefix || "foreign"}:${element.localName}`;
    const words = [...element.attributes].map(attribute).sort();
    return `<${[name, ...words].join(" ")}>${element.localName === "script" ? script(element) : ""}`;
  };
  const shape = (html) => {
    const found = new DOMParser().parseFromString(html, "text/html");
    const made = {}, written = {};
    for (const element of found.querySelectorAll("*")) {
      const counts = element.parentElement?.closest(".prose") ? written : made;
      const name = kind(element);
      counts[name] = (counts[name] || 0) + 1;
    }
    return { made, written, text: found.body.textContent };
  };
  return pages.map(shape);
}
