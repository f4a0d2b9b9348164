// Copies the schemas that package.json names: an extension can only refer to files in itself.
"use strict";

const fs = require("node:fs");
const path = require("node:path");

const { contributes } = require("./package.json");

fs.mkdirSync(path.join(__dirname, "schemas"), { recursive: true });
for (const { url } of contributes.jsonValidation) {
  fs.copyFileSync(path.join(__dirname, "..", "..", url), path.join(__dirname, url));
}
