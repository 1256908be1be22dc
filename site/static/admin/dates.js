// When a field loses focus, Wagtail's date picker replaces texts that it cannot read by the current day or time, and the
// form saves that. With this option, the field keeps the typed text, and the form accepts or refuses it.
jQuery.fn.datetimepicker.defaults.validateOnBlur = false;

// The calendar of an empty field opens at the day of the field before it in the same part of the form: the last day of an
// event is seldom far from the first.
// It may be typed as the account's language writes it.
const ISO = /^(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})/;
const WITH_POINTS = /^(?<day>\d{1,2})\.(?<month>\d{1,2})\.(?<year>\d{4})/;

function dayBefore(field) {
  const part = field.closest("fieldset, section, [role=dialog], form") ?? document;
  const fields = [...part.querySelectorAll("input")];
  const filled = fields.slice(0, fields.indexOf(field)).filter((other) => jQuery(other).data("xdsoft_datetimepicker"));
  return filled.map(({ value }) => (ISO.exec(value) ?? WITH_POINTS.exec(value))?.groups).findLast((day) => day);
}

jQuery.fn.datetimepicker.defaults.onShow = function openAtDayBefore(shown, input) {
  const day = input.val() ? null : dayBefore(input.get(0));
  if (day) {
    shown.setFullYear(Number(day.year), Number(day.month) - 1, Number(day.day));
    this.trigger("xchange.xdsoft");
  }
};
