// What two feed readers make of a feed: `node read_feed.mjs feed.xml` prints JSON.
// podcast-partytime is the Podcast Index's own parser and knows RSS only; feedsmith reads nearly all of
// the podcast namespace, and Atom.
import { readFileSync } from "node:fs";
import { parseFeed } from "feedsmith";

process.env.PARTYTIME_LOG = "silent"; // before it is loaded
const { default: partytime } = await import("podcast-partytime");

const xml = readFileSync(process.argv[2], "utf-8");
const read = partytime.default ?? partytime;
const known = xml.includes("<rss") ? read.parseFeed(xml) : null;
process.stdout.write(JSON.stringify({ partytime: known, feedsmith: parseFeed(xml) }));
