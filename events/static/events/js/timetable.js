// Marks the sessions that are running or come next. Shows times in the visitor's own time zone if it differs.

const timetable = document.querySelector("[data-timetable]");

if (timetable) {
  const { zone, locale, timeFormat, now: nowLabel, next: nextLabel, localLabel, localNote } = timetable.dataset;
  const sessions = [...timetable.querySelectorAll("[data-session]")].map((element) => ({
    element,
    start: new Date(element.dataset.start),
    end: element.dataset.end ? new Date(element.dataset.end) : null,
  }));

  mark();
  setInterval(mark, 20_000);
  document.addEventListener("visibilitychange", () => document.hidden || mark());
  showLocalTimes();

  // The Escape key and a click elsewhere close the menu of a session. Without this script, only its button closes it.
  const openMenu = () => timetable.querySelector(".session__menu[open]");
  document.addEventListener("click", (event) => {
    const menu = openMenu();
    if (menu && !menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const menu = openMenu();
    if (event.key !== "Escape" || !menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // A session is marked as next only within the twelve hours before it.
  function mark() {
    const now = new Date();
    const running = sessions.filter((session) => session.start <= now && endOf(session) > now);
    const coming = sessions.filter((session) => session.start > now);
    const soon = coming.length ? Math.min(...coming.map((session) => session.start.getTime())) : 0;
    const isDay = running.length > 0 || (soon && soon - now.getTime() < 12 * 3_600_000);
    for (const session of sessions) {
      let moment = "";
      if (running.includes(session)) moment = "now";
      else if (isDay && session.start.getTime() === soon) moment = "next";
      set(session.element, moment);
    }
  }

  function endOf(session) {
    return session.end ?? new Date(session.start.getTime() + 30 * 60_000);
  }

  function set(element, moment) {
    if ((element.dataset.moment ?? "") === moment) return;
    element.querySelector(".session__moment")?.remove();
    if (!moment) {
      delete element.dataset.moment;
      element.removeAttribute("aria-current");
      return;
    }
    element.dataset.moment = moment;
    if (moment === "now") element.setAttribute("aria-current", "time");
    else element.removeAttribute("aria-current");
    const badge = document.createElement("strong");
    badge.className = "session__moment";
    badge.textContent = moment === "now" ? nowLabel : nextLabel;
    element.querySelector(".session__kind").prepend(badge);
  }

  // Formats "09:30" in the time format of the language. Its letters are those of Django: H, G and i.
  function inTimeFormat(time) {
    const [hours, minutes] = time.split(":");
    return timeFormat.replace("H", hours).replace("G", Number(hours)).replace("i", minutes);
  }

  function showLocalTimes() {
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const clockTime = (date, timeZone) =>
      inTimeFormat(new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone }).format(date));
    const day = (date, timeZone) => new Intl.DateTimeFormat("en-CA", { dateStyle: "short", timeZone }).format(date);
    // Another zone may have the same times on these days.
    if (!here || sessions.every(({ start }) => clockTime(start, here) === clockTime(start, zone) && day(start, here) === day(start, zone))) return;
    const name = new Intl.DateTimeFormat(locale, { timeZone: here, timeZoneName: "long" })
      .formatToParts(sessions[0].start)
      .find((part) => part.type === "timeZoneName")?.value;
    timetable.querySelector("[data-local-note-target]").textContent = localNote.replace("%s", `${name} (${here.replaceAll("_", " ")})`);
    for (const { element, start } of sessions) {
      // In a table, sessions that begin at the same time share the time of their row.
      const place = element.querySelector(".session__time") ?? element.closest("tr").querySelector(".session__time");
      if (place.querySelector(".session__local-time")) continue;
      const other = day(start, here) !== day(start, zone);
      const shown = other
        ? `${new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: here }).format(start)} ${clockTime(start, here)}`
        : clockTime(start, here);
      const label = document.createElement("span");
      label.className = "session__local-time";
      const hidden = document.createElement("span");
      hidden.className = "visually-hidden";
      hidden.textContent = `${localLabel}: `;
      label.append(hidden, shown);
      place.append(label);
    }
  }
}
