// The body of a page: text pasted from Word and other programs becomes headings, texts and tables.

class BodyBlockDefinition extends window.wagtailStreamField.blocks.StreamBlockDefinition {
  render(placeholder, prefix, initialState, initialError) {
    const body = super.render(placeholder, prefix, initialState, initialError);
    const container = body.container?.[0] ?? body.container;
    container.addEventListener("home:paste", (event) => {
      const place = body.children.findIndex((child) => child.type === "text" && child.element.contains(event.target));
      // A text field inside another block, such as "Details", accepts no blocks.
      if (place < 0) return;
      event.preventDefault();
      event.detail.blocks.forEach(({ type, value }, number) => {
        body.insert({ type, value, id: null }, place + 1 + number, { animate: false });
      });
      if (event.detail.isEmpty) body.deleteBlock(place);
      (body.children[event.detail.isEmpty ? place : place + 1]).focus();
    });
    return body;
  }
}

window.telepath.register("home.BodyBlock", BodyBlockDefinition);
