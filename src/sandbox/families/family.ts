import type { MediaKind } from "../../base/media-kind.ts";
import type { Field } from "../../nodes/fields/form.ts";

export type Price = {
  readonly unit: "per_second" | "per_image" | "per_character" | "per_generation";
  readonly variant?: string;
  readonly unitPriceMicrodollars: number;
};

type Params = Readonly<Record<string, unknown>>;

/** What the sandbox says of a model besides what the catalogue knows of it. */
export type Offer = {
  readonly provider: string;
  readonly prices: readonly [Price, ...Price[]];
  /** Params that are not in the catalogue. */
  readonly fields?: Readonly<Record<string, Field>>;
  /** In microdollars. */
  cost(params: Params, prompt: string): number;
};

export type MakeRequest = {
  readonly model: string;
  readonly prompt: string;
  readonly params: Params;
  readonly seed: string;
  readonly attachments: readonly {
    readonly kind: MediaKind;
    readonly path: string;
    readonly width: number | null;
    readonly height: number | null;
  }[];
  /** An empty folder for what is made. */
  readonly folder: string;
  readonly signal: AbortSignal;
};

/** What the sandbox does for a family: the models it offers, how long a job takes, and how it is made. */
export type SandboxFamily = {
  /** How long jobs take at speed 1, in milliseconds. @see docs/wondercat-api.md, section 3.2 */
  readonly usualMs: number;
  /** Params that all its models take. */
  readonly fields: Readonly<Record<string, Field>>;
  /** By the model's key in the catalogue. */
  readonly offers: Readonly<Record<string, Offer>>;
  make(request: MakeRequest): Promise<{ readonly path: string } | { readonly text: string }>;
};

export const seed: Field = {
  type: "integer",
  title: "Seed",
  description: "Equal requests with equal seeds give equal results. Left out: a new one each time.",
  minimum: 0,
  maximum: 4_294_967_295,
};

export const duration = (range: Field): Field => ({
  type: "integer",
  title: "Duration",
  ...range,
  "x-unit": "s",
});

/** The same for every job of the model. */
export const flat = (provider: string, microdollars: number): Offer => ({
  provider,
  prices: [{ unit: "per_generation", unitPriceMicrodollars: microdollars }],
  cost: () => microdollars,
});
