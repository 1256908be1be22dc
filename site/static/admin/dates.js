// Wagtail's date picker replaces what it does not understand by the current day or time as soon as the field is left, and
// the form then saves that. Without this option the field keeps what was typed, and the form accepts or refuses it.
jQuery.fn.datetimepicker.defaults.validateOnBlur = false;
