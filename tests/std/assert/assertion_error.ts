/** What every assertion throws when it doesn't hold. */
export class AssertionError extends Error {
  /** Made by the assertions. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}
