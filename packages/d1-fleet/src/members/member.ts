/** One database of a fleet. */
export interface Member {
  /** Its id at Cloudflare, or what tells local databases apart. */
  readonly id: string;
  /** What it is called in reports; its id where it has no name. */
  readonly name: string;
  /** The wave that the list puts it in. */
  readonly wave: string | undefined;
}
