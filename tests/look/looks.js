// What the rules of contrast and the other rules know of each element, in document order: [colours, part]. Two elements
// with the same colours have the same contrast, wherever they stand; `part` has no colours in it.
//
// Each is a short mark, the same on every page for what is the same: sending all that was known of a thousand elements
// took longer than to find it out. A mark is 53 bits of what it stands for (no two in a billion are alike).
() => {
    const STATES = /^(class|type|role|open|hidden|disabled|readonly|lang|dir|tabindex|aria-.*|data-.*)$/;
    const NAMES = ["alt", "title", "placeholder", "href", "for"];
    const marks = new Map();
    const mark = (known) => {
        if (!marks.has(known)) marks.set(known, hashed(known));
        return marks.get(known);
    };
    const hashed = (known) => {
        let [one, other] = [0xdeadbeef, 0x41c6ce57];
        for (let at = 0; at < known.length; at++) {
            const code = known.charCodeAt(at);
            one = Math.imul(one ^ code, 2654435761);
            other = Math.imul(other ^ code, 1597334677);
        }
        one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(other ^ (other >>> 13), 3266489909);
        other = Math.imul(other ^ (other >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
        return (4294967296 * (2097151 & other) + (one >>> 0)).toString(36);
    };
    const colours = new Map();
    const behind = (each) => {
        if (!each) return "";
        if (!colours.has(each)) {
            const style = getComputedStyle(each);
            const own = [style.backgroundColor, style.backgroundImage, style.opacity, style.mixBlendMode, style.filter].join();
            const before = behind(each.parentElement);
            const says = own === "rgba(0, 0, 0, 0),none,1,normal,none" ? before : `${before}>${own}`;
            colours.set(each, says);
        }
        return colours.get(each);
    };
    const contrast = (each, style) =>
        [behind(each), style.color, style.fontSize, style.fontWeight, style.textShadow, style.position === "static", each.disabled].join("|");
    const part = (each, style) => [
        each.localName,
        [...each.attributes].filter((a) => STATES.test(a.name)).map((a) => `${a.name}=${a.value}`).sort(),
        NAMES.filter((name) => each.getAttribute(name)?.trim()),
        each.labels ? [...each.labels].some((label) => label.innerText.trim()) : "",
        each.scrollWidth > each.clientWidth && style.overflowX,
        each.scrollHeight > each.clientHeight && style.overflowY,
        each.checkVisibility({visibilityProperty: true}),
        Boolean(each.innerText?.trim()),
        style.display,
    ].join("|");
    return [...document.querySelectorAll("*")].map((each) => {
        const style = getComputedStyle(each);
        const text = [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
        const shows = (text || each.matches("input, select, textarea")) && each.checkVisibility({visibilityProperty: true});
        return `${shows ? mark(contrast(each, style)) : ""} ${mark(part(each, style))}`;
    }).join("\n");
}
