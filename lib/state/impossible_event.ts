/** An event that cannot have happened after the events before it. In a journal it is damage. */
export class ImpossibleEvent extends Error {
  /** The event is sound, but asks for something that this version does not do. */
  readonly isNew: boolean;

  /** Says what cannot be. */
  constructor(message: string, options: { readonly isNew?: boolean } = {}) {
    super(message);
    this.name = "ImpossibleEvent";
    this.isNew = options.isNew === true;
  }
}
