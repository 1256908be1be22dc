// The addresses of the choosers of the translation editor, which wagtail-localize reads from here.
window.chooserUrls ??= { ...document.currentScript.dataset };
