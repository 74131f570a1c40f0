// What the rules of contrast and the other rules know of each element, in document order: [colours, part]. Two elements
// with the same colours have the same contrast, wherever they stand; `part` has no colours in it.
//
// Most elements look like another: what is known is sent once (`known`), and of each element only where it stands there
// (`looks`). Sending all of it for a thousand elements took longer than to find it out.
() => {
    const STATES = /^(class|type|role|open|hidden|disabled|readonly|lang|dir|tabindex|aria-.*|data-.*)$/;
    const NAMES = ["alt", "title", "placeholder", "href", "for"];
    const places = new Map([["", 0]]);
    const place = (known) => {
        if (!places.has(known)) places.set(known, places.size);
        return places.get(known);
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
    const looks = [...document.querySelectorAll("*")].map((each) => {
        const style = getComputedStyle(each);
        const text = [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
        const shows = (text || each.matches("input, select, textarea")) && each.checkVisibility({visibilityProperty: true});
        return [place(shows ? contrast(each, style) : ""), place(part(each, style))];
    });
    return {known: [...places.keys()], looks: looks.flat()};
}
