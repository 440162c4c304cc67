/** A file that only grows has become shorter, or something else, while it was read: somebody has written over it. */
export class FileChanged extends Error {
  /** Its name. */
  override readonly name = "FileChanged";

  /** @param how What has happened, as it stands behind "Cannot read …: ". */
  constructor(how: string) {
    super(`${how} while it was read. Try again when nobody writes over it`);
  }
}
