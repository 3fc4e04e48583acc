import type { Catalogue, PublishTarget } from "./definition/catalogue.ts";
import { objectSchema } from "./fields/form.ts";
import { builtInModels } from "./generate/families.ts";
import { platformNames, platforms } from "./publish/platforms/platforms.ts";

/** The catalogue used where a server does not say what it has: models stand with their families, targets with their platforms. */

const publishTargets: readonly PublishTarget[] = platformNames.map((platform) => {
  const { title, description, kinds, fields } = platforms[platform];
  return { platform, label: title, description, kinds, params: objectSchema(fields) };
});

export const builtInCatalogue: Catalogue = {
  source: "built-in",
  models: builtInModels,
  publishTargets,
  remoteEditing: "unknown",
};
