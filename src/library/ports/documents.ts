import { z } from "zod";

export const documentRowSchema = z.object({
  id: z.string(),
  /** As it is now. */
  json: z.string(),
  revision: z.int(),
  changedAt: z.number(),
  /** As it was last saved, if it ever was. */
  savedJson: z.string().optional(),
  savedAt: z.number().optional(),
  filePath: z.string().optional(),
});
export type DocumentRow = Readonly<z.infer<typeof documentRowSchema>>;

/** Whether two states of a document are the same work, so that no window has to learn of it. */
export type IsSame = (a: string, b: string) => boolean;

export type Documents = {
  get(id: string): Promise<DocumentRow | undefined>;
  /** Newest change first. */
  list(): Promise<DocumentRow[]>;
  /**
   * Keeps the document as it is now, unless another hand has changed it since.
   *
   * @param document.base the revision that the edits began with; 0 for a document that is not there yet.
   * @returns what is there afterwards, and whether it is this; no row where the document was removed.
   */
  keep(
    document: { id: string; json: string; base: number; changedAt: number },
    isSame: IsSame,
  ): Promise<
    | { readonly isKept: true; readonly row: DocumentRow }
    | { readonly isKept: false; readonly row?: DocumentRow }
  >;
  /** Takes this state, whatever was there, as the kept and the saved one. `filePath` stays as it was when left out. */
  put(
    document: { id: string; json: string; savedAt: number; savedJson?: string; filePath?: string },
    isSame: IsSame,
  ): Promise<DocumentRow>;
  /** As `put`, unless another hand has changed it since. `undefined` then. @param base as in `keep` */
  putAfter(
    base: number,
    document: Parameters<Documents["put"]>[0],
    isSame: IsSame,
  ): Promise<DocumentRow | undefined>;
  /** Records that this state was saved; what is kept stays as it is. `undefined` where the document is gone. */
  markSaved(document: { id: string; savedJson: string; savedAt: number }): Promise<DocumentRow | undefined>;
  remove(id: string): Promise<void>;
};
