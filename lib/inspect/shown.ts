/** Stands in a decoded value for a place-holder, with the text to show for it. */
export class Shown {
  /** The text, escaped. */
  readonly text: string;

  /** Keeps the text. */
  constructor(text: string) {
    this.text = text;
  }
}
