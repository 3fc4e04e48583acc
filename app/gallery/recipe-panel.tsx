import { Copy, Download, Plus, Trash2, Workflow } from "lucide-react";
import { useEffect, useState } from "react";
import { mediaFileName } from "../../src/graph/document/files.ts";
import { definitionOf, isNodeType } from "../../src/nodes/definitions.ts";
import type { BroughtMedia, MadeRecipe, Recipe, TextResult } from "../../src/studio/contract.ts";
import { openGraphOf } from "../history/open-run.ts";
import { closeLightbox, followInLightbox, type ShownResult } from "../media/lightbox-store.ts";
import { Thumb } from "../media/thumb.tsx";
import { NodeIcon } from "../node-look/node-icon.tsx";
import { addPrompt, addUpload } from "../stores/add-nodes.ts";
import { paletteEntries } from "../stores/entries.ts";
import { downloadUrl } from "../stores/media-urls.ts";
import { useCatalogue } from "../stores/server.ts";
import { type Called, called, studio, wordsOf } from "../stores/studio.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { ago, count, duration, money, size } from "../words/words.ts";
import { copyText } from "./copy-text.ts";
import { askToDelete } from "./delete-media-dialog.tsx";
import { kindWords } from "./gallery-items.ts";
import styles from "./recipe-panel.module.css";
import { madeWith, paramLines, promptOf } from "./recipe-words.ts";
import { uploadFileOf } from "./upload-file.ts";

/** How something was made, and what can be done with it. */
export function RecipePanel({ result, title }: { readonly result: ShownResult; readonly title: string }) {
  const answer = useRecipe(result.sha256, result.resultId);
  if (!answer) return <aside className={styles["panel"]} aria-label="Recipe" aria-busy="true" />;
  return (
    <aside className={styles["panel"]} aria-label="Recipe">
      {!answer.ok && (
        <p role="alert" className={styles["failure"]}>
          {wordsOf(answer.failure).message} {wordsOf(answer.failure).remedy}
        </p>
      )}
      {answer.ok && !answer.value && (
        <p className={styles["quiet"]}>Nothing is known of how this was made.</p>
      )}
      {answer.ok && answer.value?.kind === "brought" && <Brought media={answer.value.media} title={title} />}
      {answer.ok && answer.value?.kind === "made" && <Made recipe={answer.value} />}
    </aside>
  );
}

function useRecipe(sha256: string, resultId: number | undefined): Called<Recipe | undefined> | undefined {
  const [answer, setAnswer] = useState<Called<Recipe | undefined>>();
  useEffect(() => {
    setAnswer(undefined);
    let wanted = true;
    const question = { sha256, ...(resultId === undefined ? {} : { resultId }) };
    void called(studio.client.gallery.recipe(question)).then((given) => {
      if (wanted) setAnswer(given);
    });
    return () => {
      wanted = false;
    };
  }, [sha256, resultId]);
  return answer;
}

function Brought({ media, title }: { readonly media: BroughtMedia; readonly title: string }) {
  return (
    <>
      <h3>You brought this in</h3>
      <dl className={styles["facts"]}>
        <Fact label="When" value={ago(media.addedAt, Date.now())} />
        <Fact label="Size" value={size(media.sizeBytes)} />
      </dl>
      <Actions media={media} title={title} />
    </>
  );
}

function Made({ recipe }: { readonly recipe: MadeRecipe }) {
  const { result, params, inputs, isKnown, estimateMicrodollars, tookMs } = recipe;
  const catalogue = useCatalogue();
  const prompt = promptOf(recipe);
  const media = inputs.flatMap((input) => (input.media ? [{ ...input.media, portId: input.portId }] : []));
  const type = isNodeType(result.nodeType) ? definitionOf(result.nodeType).title : result.nodeType;
  return (
    <>
      <h3>
        <NodeIcon type={result.nodeType} params={params} />
        {madeWith(recipe, catalogue) ?? type}
      </h3>
      {!isKnown && (
        <p className={styles["quiet"]}>
          Its recipe went with its run, which was made before recipes were kept.
        </p>
      )}
      {prompt !== undefined && (
        <section aria-label="Prompt" className={styles["prompt"]}>
          <p data-selectable>{prompt}</p>
          <IconButton size="small" label="Copy prompt" onClick={() => void copyText(prompt, "Prompt")}>
            <Copy size={13} />
          </IconButton>
        </section>
      )}
      {media.length > 0 && (
        <section aria-label="Made from">
          <h4>Made from</h4>
          <ul className={styles["inputs"]}>
            {media.map((input) => (
              <li key={`${input.portId} ${input.sha256}`}>
                <button
                  type="button"
                  aria-label={`${kindWords[input.kind]} at ${portWords(input.portId)}: see how it was made`}
                  onClick={() => followInLightbox(input, input.title ?? kindWords[input.kind])}
                >
                  <Thumb media={input} />
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      <dl className={styles["facts"]}>
        {paramLines(recipe, catalogue).map(({ label, value }) => (
          <Fact key={label} label={label} value={value} />
        ))}
      </dl>
      <dl className={styles["facts"]}>
        <Fact label="Graph" value={result.graphName} />
        <Fact label="Made" value={ago(result.madeAt, Date.now())} />
        {tookMs !== undefined && tookMs > 0 && <Fact label="Took" value={duration(tookMs)} />}
        {estimateMicrodollars !== undefined && estimateMicrodollars > 0 && (
          <Fact label="Cost" value={money(estimateMicrodollars)} />
        )}
        {result.kind === "text" ? (
          <Fact label="Length" value={count(result.content.length, "character")} />
        ) : (
          <Fact label="Size" value={size(result.sizeBytes)} />
        )}
      </dl>
      {result.kind === "text" ? (
        <TextActions result={result} recipe={recipe} />
      ) : (
        <Actions media={result} title={result.title} recipe={recipe} />
      )}
    </>
  );
}

/** "reference_images" reads as "reference images". */
function portWords(portId: string): string {
  return portId.replaceAll("_", " ");
}

function Fact({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <>
      <dt>{label}</dt>
      <dd data-selectable>{value}</dd>
    </>
  );
}

function Actions(props: {
  readonly media: Omit<BroughtMedia, "addedAt">;
  readonly title: string;
  readonly recipe?: MadeRecipe;
}) {
  const { media, title, recipe } = props;
  const addToCanvas = () => {
    const entry = paletteEntries.find(({ id }) => id === "upload");
    if (!entry) return;
    addUpload(entry, uploadFileOf(media, title));
    closeLightbox();
  };
  const download = () => {
    const link = document.createElement("a");
    link.href = downloadUrl(media.sha256, mediaFileName(title, media.mimeType));
    link.download = "";
    link.click();
  };
  return (
    <div className={styles["actions"]}>
      {recipe && <OpenGraph recipe={recipe} />}
      <Button onClick={addToCanvas}>
        <Plus size={14} />
        Add to the canvas
      </Button>
      <Button onClick={download}>
        <Download size={14} />
        Download
      </Button>
      <Button look="quiet" onClick={() => askToDelete({ ...media, title })}>
        <Trash2 size={14} />
        Delete…
      </Button>
    </div>
  );
}

function TextActions({ result, recipe }: { readonly result: TextResult; readonly recipe: MadeRecipe }) {
  const { content, title, sha256 } = result;
  const addToCanvas = () => {
    addPrompt(content);
    closeLightbox();
  };
  return (
    <div className={styles["actions"]}>
      <OpenGraph recipe={recipe} />
      <Button onClick={addToCanvas}>
        <Plus size={14} />
        Add to the canvas
      </Button>
      <Button onClick={() => void copyText(content, "Text")}>
        <Copy size={14} />
        Copy text
      </Button>
      <Button look="quiet" onClick={() => askToDelete({ kind: "text", sha256, title })}>
        <Trash2 size={14} />
        Delete…
      </Button>
    </div>
  );
}

function OpenGraph({ recipe: { runIsThere, result } }: { readonly recipe: MadeRecipe }) {
  return (
    <Button
      disabled={!runIsThere}
      title={runIsThere ? undefined : "Its run was deleted, and the graph with it."}
      onClick={() => {
        closeLightbox();
        void openGraphOf(result.runId);
      }}
    >
      <Workflow size={14} />
      Open the graph that made it
    </Button>
  );
}
