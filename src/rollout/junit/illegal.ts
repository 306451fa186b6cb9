/** A text without the characters that XML 1.0 can't hold, in no form of writing: control characters and halves of pairs. */
export function legalXml(text: string): string {
  return text.replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
}
