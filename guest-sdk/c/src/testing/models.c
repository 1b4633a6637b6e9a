/* Models under test. */

#include <stdlib.h>
#include <string.h>

#include "fake.h"

static rak_str optional_text(rak_context *cx, const char *text) {
  return rak_copy(cx, rak_str_of(text));
}

void rak_fake_model(rak_fake_host *host, const rak_test_model *model) {
  rak_context *keep = &host->keep;
  fake_model *added = fake_list_add(&host->models, keep, sizeof *added);
  *added = (fake_model){
      .card = {
          .name = optional_text(keep, model->name),
          .description = optional_text(keep, model->description == NULL ? "" : model->description),
          .extra = optional_text(keep, model->extra),
      },
      .run = model->run,
      .embed = model->embed,
      .data = model->data,
  };
}

static fake_model *model_of(rak_fake_host *host, const char *name) {
  fake_model *all = host->models.items;
  for (size_t i = 0; i < host->models.count; i++) {
    if (rak_is(all[i].card.name, name)) {
      return &all[i];
    }
  }
  rak_fake_model(host, &(rak_test_model){.name = name});
  return (fake_model *)host->models.items + host->models.count - 1;
}

rak_delta fake_copy_delta(rak_context *cx, const rak_delta *delta) {
  rak_delta copy = {.kind = delta->kind};
  switch (delta->kind) {
    case RAK_DELTA_TEXT:
    case RAK_DELTA_THOUGHT: copy.text = fake_copy_text(cx, delta->text); return copy;
    case RAK_DELTA_CALL: copy.call = fake_copy_call(cx, &delta->call); return copy;
    case RAK_DELTA_OTHER: copy.other = fake_copy_text(cx, delta->other); return copy;
  }
  rak_panic("there is no kind of delta with the number %d", (int)delta->kind);
}

static const rak_delta *copy_deltas(rak_context *cx, const rak_delta *deltas, size_t count) {
  rak_delta *copies = rak_alloc_array(cx, count, sizeof *copies);
  for (size_t i = 0; i < count; i++) {
    copies[i] = fake_copy_delta(cx, &deltas[i]);
  }
  return copies;
}

rak_usage fake_copy_usage(rak_context *cx, const rak_usage *usage) {
  rak_usage copy = *usage;
  copy.extra = fake_copy_text(cx, usage->extra);
  return copy;
}

rak_model_answer fake_copy_answer(rak_context *cx, const rak_model_answer *answer) {
  rak_model_answer copy = *answer;
  const rak_content given = {.parts = answer->parts, .part_count = answer->part_count};
  copy.text = optional_text(cx, answer->text).ptr;
  copy.parts = fake_copy_content(cx, &given).parts;
  copy.finish = optional_text(cx, answer->finish).ptr;
  copy.usage = fake_copy_usage(cx, &answer->usage);
  copy.extra = optional_text(cx, answer->extra).ptr;
  copy.deltas = copy_deltas(cx, answer->deltas, answer->delta_count);
  if (answer->failure != NULL) {
    rak_failure *failure = rak_alloc(cx, sizeof *failure);
    *failure = fake_copy_failure(cx, answer->failure);
    copy.failure = failure;
  }
  return copy;
}

void rak_fake_model_answers(rak_fake_host *host, const char *model, const rak_model_answer *answer) {
  fake_model *known = model_of(host, model);
  const rak_model_answer copy = fake_copy_answer(&host->keep, answer);
  rak_model_answer *added = fake_list_add(&known->answers, &host->keep, sizeof *added);
  *added = copy;
}

void rak_fake_model_says(rak_fake_host *host, const char *model, const char *text) {
  rak_fake_model_answers(host, model, &(rak_model_answer){.text = text});
}

static int by_name(const void *a, const void *b) {
  return strcmp(((const rak_model_summary *)a)->name.ptr, ((const rak_model_summary *)b)->name.ptr);
}

rak_status rak_models_available(rak_context *cx, rak_model_summaries *models) {
  RAK_TRY(fake_gate(cx));
  const fake_list *all = &cx->fake->host->models;
  rak_model_summary *items = rak_alloc_array(cx, all->count, sizeof *items);
  for (size_t i = 0; i < all->count; i++) {
    items[i] = ((const fake_model *)all->items)[i].card;
  }
  if (all->count > 1) {
    qsort(items + 1, all->count - 1, sizeof *items, by_name);
  }
  *models = (rak_model_summaries){items, all->count};
  return RAK_OK;
}

rak_status fake_find_model(rak_context *cx, rak_str alias, const fake_model **model) {
  const fake_list *all = &cx->fake->host->models;
  if (alias.ptr != NULL) {
    return fake_find(cx, all, sizeof **model, "model", alias, (const void **)model);
  }
  if (all->count == 0) {
    return rak_fail(cx, RAK_NOT_FOUND, "there is no model");
  }
  *model = all->items;
  return RAK_OK;
}

rak_strs fake_copy_texts(rak_context *cx, rak_strs texts) {
  rak_str *copies = rak_alloc_array(cx, texts.count, sizeof *copies);
  for (size_t i = 0; i < texts.count; i++) {
    copies[i] = fake_copy_text(cx, texts.items[i]);
  }
  return (rak_strs){copies, texts.count};
}

rak_status rak_embed(rak_context *cx, rak_str model, rak_strs texts, rak_embeddings *embeddings) {
  fake_run *run = cx->fake;
  const fake_model *found;
  RAK_TRY(fake_gate(cx));
  RAK_TRY(fake_find_model(cx, model, &found));
  rak_test_embed_call *call = fake_list_add(&run->embeds, &run->keep, sizeof *call);
  *call = (rak_test_embed_call){found->card.name, fake_copy_texts(&run->keep, texts)};
  if (found->embed == NULL) {
    return rak_fail(cx, RAK_UNSUPPORTED, "the model %s has no vectors of texts", found->card.name.ptr);
  }
  rak_vector *vectors = rak_alloc_array(cx, texts.count, sizeof *vectors);
  RAK_TRY(found->embed(cx, call->texts, vectors, found->data));
  *embeddings = (rak_embeddings){.model = rak_copy(cx, found->card.name), .vectors = vectors, .count = texts.count};
  return RAK_OK;
}
