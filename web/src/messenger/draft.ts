/** What somebody is about to send. */
export interface Draft {
  readonly text: string;
  readonly files: readonly File[];
}

export const emptyDraft: Draft = { text: "", files: [] };
