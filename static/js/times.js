// Turns the day in <time data-relative> into "3 hours ago" while that is the more useful thing to read.
{
  const steps = [
    ["minute", 60],
    ["hour", 3600],
    ["day", 86400],
  ];
  // Plain "en" would put the month first, unlike the page itself.
  const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
  const words = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const full = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" });

  const tell = (time) => {
    const then = new Date(time.dateTime);
    const seconds = (Date.now() - then) / 1000;
    time.title = full.format(then);
    if (seconds < 0 || seconds > 7 * 86400) return;
    const [unit, size] = steps.findLast(([, size]) => seconds >= size) ?? ["minute", 60];
    time.textContent = seconds < 60 ? "just now" : words.format(-Math.floor(seconds / size), unit);
  };
  const tellAll = (part) => part.querySelectorAll("time[data-relative]").forEach(tell);

  tellAll(document);
  document.addEventListener("htmx:load", (event) => tellAll(event.target));
}
