import { z } from "zod";
import {
  safeRelativePath,
  type UploadFile,
  uploadFormatsInWords,
  uploadTypeOfMime,
} from "../../graph/document/files.ts";
import type { ParamProblem } from "../../graph/document/problems.ts";
import type { NodeDefinition } from "../definition/definition.ts";
import { uploadFileSchema } from "../definition/upload-file.ts";
import { objectSchema } from "../fields/form.ts";

export type UploadParams = { file?: UploadFile | undefined };

const chooseAgain = "Choose the file again.";

export const upload: NodeDefinition<UploadParams> = {
  title: "Upload",
  description: "Brings a picture, video or sound from your disk into the graph.",
  family: "input",
  keywords: ["file", "image", "photo", "video", "audio", "import", "media", "asset"],
  work: { kind: "upload" },
  icon: "Upload",
  showsOwn: true,
  cardFields: () => ["file"],
  // The type of `file` says what zod's optional fields mean under exact optional properties: absent, not undefined.
  params: z.object({ file: uploadFileSchema.optional() }) as z.ZodType<UploadParams>,
  files: {
    of: ({ file }) => (file ? [file] : []),
    replaced: ({ file }, change) => (file ? { file: change(file) } : {}),
  },
  ports: ({ file }) => ({
    inputs: [],
    outputs: [
      {
        id: "out",
        label: file ? labels[file.kind] : "Media",
        type: file?.kind ?? "media",
        ...(file?.width && file.height ? { ratio: file.width / file.height } : {}),
      },
    ],
  }),
  form: () => [
    {
      path: "",
      schema: objectSchema({
        file: {
          type: "object",
          title: "File",
          description: `Takes ${uploadFormatsInWords}.`,
          "x-control": "file",
        },
      }),
    },
  ],
  check({ file }): ParamProblem[] {
    if (!file)
      return [
        {
          code: "file-not-chosen",
          param: "file",
          message: "No file is chosen.",
          remedy: "Choose or drop a file.",
        },
      ];
    const problems: ParamProblem[] = [];
    const type = uploadTypeOfMime(file.mimeType);
    if (!type)
      problems.push({
        code: "file-type-unsupported",
        param: "file",
        message: `“${file.name}” is of the type ${file.mimeType}, which cannot be uploaded.`,
        remedy: `Choose one of these: ${uploadFormatsInWords}.`,
      });
    else if (type.kind !== file.kind)
      problems.push({
        code: "invalid-param",
        param: "file.kind",
        message: `“${file.name}” says it is ${file.kind}, but ${file.mimeType} is ${type.kind}.`,
        remedy: chooseAgain,
      });
    const path = file.path === undefined ? undefined : safeRelativePath(file.path);
    if (path?.ok === false)
      problems.push({
        code: "file-outside-folder",
        param: "file.path",
        message: `“${file.name}” is not named by a path inside the graph's folder. ${path.reason}`,
        remedy: chooseAgain,
      });
    return problems;
  },
};

const labels = { image: "Image", video: "Video", audio: "Audio" } as const;
