// What a timetable can say only in the visitor's browser: what is on now and next, and the times on her own clock.

const timetable = document.querySelector("[data-timetable]");

if (timetable) {
  const { zone, locale, now: nowWord, next: nextWord, own, ownZone } = timetable.dataset;
  const sessions = [...timetable.querySelectorAll("[data-session]")].map((element) => ({
    element,
    start: new Date(element.dataset.start),
    end: element.dataset.end ? new Date(element.dataset.end) : null,
  }));

  mark();
  setInterval(mark, 20_000);
  document.addEventListener("visibilitychange", () => document.hidden || mark());
  showOwnTimes();

  // Only on days of the event: "next" a month before would be no news.
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
    const sign = document.createElement("strong");
    sign.className = "session__moment";
    sign.textContent = moment === "now" ? nowWord : nextWord;
    element.querySelector(".session__kind").prepend(sign);
  }

  function showOwnTimes() {
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const clock = (date, timeZone) =>
      new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone }).format(date);
    const day = (date, timeZone) => new Intl.DateTimeFormat("en-CA", { dateStyle: "short", timeZone }).format(date);
    // Zones of other names may show the same time on these days: then there is nothing to say.
    if (!here || sessions.every(({ start }) => clock(start, here) === clock(start, zone) && day(start, here) === day(start, zone))) return;
    const name = new Intl.DateTimeFormat(locale, { timeZone: here, timeZoneName: "long" })
      .formatToParts(sessions[0].start)
      .find((part) => part.type === "timeZoneName")?.value;
    timetable.querySelector("[data-own-note]").textContent = ownZone.replace("%s", `${name} (${here.replaceAll("_", " ")})`);
    for (const { element, start } of sessions) {
      const place = element.querySelector(".session__time") ?? element.querySelector(".session__kind");
      const other = day(start, here) !== day(start, zone);
      const shown = other
        ? new Intl.DateTimeFormat(locale, { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: here }).format(start)
        : clock(start, here);
      const label = document.createElement("span");
      label.className = "session__own";
      const hidden = document.createElement("span");
      // Below the event's own time it is plain whose time this is; in a line of other facts it is not.
      hidden.className = element.querySelector(".session__time") ? "visually-hidden" : "";
      hidden.textContent = `${own}: `;
      label.append(hidden, shown);
      place.append(label);
    }
  }
}
