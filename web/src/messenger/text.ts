/** A piece of a message: plain text, or an address. */
export interface Piece {
  /** Where it begins. */
  readonly at: number;
  readonly text: string;
  readonly href?: string;
}

const address = /https?:\/\/[^\s<>"']+/g;
/** Punctuation that ends the sentence and not the address. */
const trailing = /[.,;:!?)\]}»”]+$/;

/** Addresses that a reader may follow; nothing but http and https, so that no text can run anything. */
export function pieces(content: string): readonly Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const match of content.matchAll(address)) {
    const text = match[0].replace(trailing, "");
    if (match.index > end) {
      found.push({ at: end, text: content.slice(end, match.index) });
    }
    found.push({ at: match.index, text, ...(URL.canParse(text) ? { href: text } : {}) });
    end = match.index + text.length;
  }
  if (end < content.length) {
    found.push({ at: end, text: content.slice(end) });
  }
  return found;
}

const onlyEmoji = /^(?:\p{RGI_Emoji}|\s)+$/v;
const mostBigEmoji = 6;

/** A few emoji and nothing else: drawn big. */
export function isEmojiOnly(content: string): boolean {
  const trimmed = content.trim();
  if (trimmed === "" || !onlyEmoji.test(trimmed)) {
    return false;
  }
  const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(trimmed.replaceAll(/\s/g, ""));
  return [...graphemes].length <= mostBigEmoji;
}

/** The letter that stands for a person or a conversation without a picture. */
export function initialOf(name: string): string {
  const [first] = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(name.trim());
  return first?.segment.toLocaleUpperCase() ?? "?";
}

/** One of a few hues, always the same for the same id. */
export function hueOf(id: string): number {
  let hash = 0;
  for (const character of id) {
    hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 360;
  }
  return hash;
}
