/** An event that cannot have happened after the events before it. In a journal it is damage. */
export class ImpossibleEvent extends Error {
  /** Says what cannot be. */
  constructor(message: string) {
    super(message);
    this.name = "ImpossibleEvent";
  }
}
