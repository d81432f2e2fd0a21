/* SPDX-License-Identifier: MIT */
#pragma once

struct card;
struct json_object;

/* Parts that the JSON documents of all commands share. */

/* A document with its "schema" and "command". */
struct json_object *report_json_new(const char *command);

/* An object with the "address", "id" and "state" of a card. */
struct json_object *report_json_card(const struct card *card);

/* Prints the document on standard output and frees it. Returns 0 or -ENOMEM. */
int report_json_print(struct json_object *document);
