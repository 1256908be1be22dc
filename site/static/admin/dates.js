// When a field loses focus, Wagtail's date picker replaces texts that it cannot read by the current day or time, and the
// form saves that. With this option, the field keeps the typed text, and the form accepts or refuses it.
jQuery.fn.datetimepicker.defaults.validateOnBlur = false;

// Starts the calendars of fields on screens without inline scripts (`home/admin/date_fields.py`).
document.addEventListener("DOMContentLoaded", () => {
  for (const field of document.querySelectorAll("[data-date-chooser]")) {
    window.initDateTimeChooser(field.id, JSON.parse(field.dataset.dateChooser));
  }
});
