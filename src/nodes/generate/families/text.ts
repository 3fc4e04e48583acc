import type { GenerateFamilyRecord } from "./family.ts";
import { MINUTE_MS, references, SECOND_MS } from "./fields.ts";

export const text: GenerateFamilyRecord = {
  path: "/text/generate",
  output: "text",
  deadlineMs: 15 * MINUTE_MS,
  label: "Text",
  title: "Generate text",
  description: "Writes a text: a prompt, a caption, a script.",
  keywords: ["write", "words", "caption", "script", "llm", "ai"],
  icon: "PenLine",
  placeholder: "Say what to write",
  cardParams: [],
  models: [
    {
      key: "openrouter-completion",
      label: "Language model",
      description: "Writes text, and may look at up to four pictures, videos or sounds.",
      attachments: [{ id: "media", label: "Media", type: "media", list: { min: 0, max: 4 } }],
      fields: {
        llm: {
          type: "string",
          title: "Language model",
          enum: [
            "x-ai/grok-4-fast",
            "x-ai/grok-4",
            "openai/gpt-5.2",
            "openai/gpt-5.1",
            "openai/gpt-5-chat",
            "google/gemini-3-pro-preview",
            "google/gemini-3-flash-preview",
            "anthropic/claude-opus-4.5",
            "anthropic/claude-sonnet-4.5",
            "anthropic/claude-sonnet-4.6",
          ],
          default: "x-ai/grok-4-fast",
        },
        systemPrompt: {
          type: "string",
          title: "System prompt",
          description: "How it should answer.",
          "x-control": "textarea",
        },
        reasoningEnabled: { type: "boolean", title: "Reasoning" },
        reasoningEffort: {
          type: "string",
          title: "Reasoning effort",
          enum: ["minimal", "low", "medium", "high", "xhigh"],
        },
        reasoningMaxTokens: {
          type: "integer",
          title: "Most reasoning tokens",
          minimum: 1024,
          maximum: 32_000,
        },
        maxOutputTokens: { type: "integer", title: "Most output tokens", minimum: 1024, maximum: 128_000 },
      },
      typicalMs: 15 * SECOND_MS,
    },
    {
      key: "extract-brand-style",
      label: "Brand style",
      description: "Describes the style that one to eight pictures share.",
      prompt: "none",
      attachments: [references(8, 1)],
      typicalMs: 20 * SECOND_MS,
    },
  ],
};
