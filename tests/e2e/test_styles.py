"""Minified style sheets mean the same as the written ones."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from config.static_files import minified

pytestmark = [pytest.mark.slow, pytest.mark.any_database]

ROOT = Path(__file__).resolve().parents[2]
SHEETS = sorted(
    str(sheet.relative_to(ROOT))
    for pattern in ("site/static/css/*.css", "events/static/events/*.css", "factsheets/static/factsheets/*.css")
    for sheet in ROOT.glob(pattern)
)
# For each rule: what contains it, its selector, and its declarations as an element would have them, in any order.
RULES = """text => {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(text)
  const element = document.body.appendChild(document.createElement('div'))
  const computed = getComputedStyle(element)
  // Without what a minifier may write differently: quotes, spaces, zeros and the drawing in an embedded image.
  const plain = value => value.replaceAll(/url\\("?data:.*?["']\\)/g, 'url(data)').replaceAll(/[\\s'"]+/g, '')
    .replaceAll(/\\b0%/g, '0px').replaceAll(/(?<![\\d.])0(?=\\.)/g, '').toLowerCase()
  const value = (key, written) => {
    element.style.setProperty(key, written)
    const found = key.startsWith('--') ? written : computed.getPropertyValue(key)
    element.removeAttribute('style')
    return plain(found)
  }
  const rules = []
  const walk = (list, within) => {
    for (const rule of list) {
      const name = rule.selectorText ?? rule.conditionText ?? rule.keyText ?? rule.name ?? rule.constructor.name
      const style = [...rule.style ?? []].map(key => `${key}: ${value(key, rule.style.getPropertyValue(key))}`)
      // A property for several, such as `margin`, has no values of these where it refers to a variable.
      style.push(...(rule.style?.cssText ?? '').split(';').filter(text => text.includes('var(')).map(plain))
      if (style.length) rules.push([...within, name, ...style.sort()].join(' | '))
      if (rule.cssRules) walk(rule.cssRules, [...within, name])
    }
  }
  walk(sheet.cssRules, [])
  return rules
}"""


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_minified_style_sheet_has_the_same_rules(page: Page, sheet):
    css = (ROOT / sheet).read_text()
    rules = page.evaluate(RULES, css)

    assert rules
    assert page.evaluate(RULES, minified(css)) == rules
