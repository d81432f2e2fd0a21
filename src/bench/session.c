/* SPDX-License-Identifier: MIT */
/* Puts one variant after the other in force, and at the end restores what was in force before. */

#include "bench/session.h"

#include "apply/apply.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>

static int open_stop_fd(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &signals, NULL) || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return -errno;
	return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int read_machine(const struct session *session, struct machine *ret, struct error *error)
{
	const struct config *config = session->config;

	return machine_read(session->root, config->devices, config->n_devices, KIND_ALL, ret,
			    error);
}

int session_begin(const struct root *root, const struct config *config, struct session *ret,
		  struct error *error)
{
	struct session session = { .root = root, .config = config, .lock = -1, .stop_fd = -1 };
	struct machine machine = { 0 };
	int r = state_lock(root, &session.lock, error);

	if (r == 0)
		r = read_machine(&session, &machine, error);
	if (r == 0)
		r = state_read(root, &session.before, error);
	if (r == 0)
		r = state_read(root, &session.state, error);
	if (r == 0) {
		r = plan_revert(&machine, &session.before, &session.found);
		if (r == 0) {
			session.stop_fd = open_stop_fd();
			r = session.stop_fd < 0 ? session.stop_fd : 0;
		}
		if (r < 0)
			error_set(error, r, "cannot begin: %s", strerror(-r));
	}
	machine_done(&machine);
	if (r < 0) {
		close_p(&session.lock);
		state_done(&session.before);
		state_done(&session.state);
		plan_done(&session.found);
		return r;
	}
	*ret = session;
	return 0;
}

/* The machine as it is, and what there is to do for the variant. */
static int look(const struct session *session, const struct variant *variant,
		struct machine *ret_machine, struct plan *ret_plan, struct error *error)
{
	struct machine machine = { 0 };
	int r = read_machine(session, &machine, error);

	if (r == 0)
		r = variant_plan(variant, &machine, session->config, &session->state, ret_plan,
				 error);
	if (r < 0)
		machine_done(&machine);
	else
		*ret_machine = machine;
	return r;
}

int session_check(struct session *session, const struct variant *variant, struct machine *ret,
		  struct error *error)
{
	struct machine machine;
	struct plan plan;
	const struct op *missing;
	int r = look(session, variant, &machine, &plan, error);

	if (r < 0)
		return r;
	missing = variant_missing(&plan);
	if (missing)
		r = error_set(error, -EBUSY, "%s is %s, not %s", missing->path,
			      missing->had ? missing->had : "gone", missing->want);
	else if (cpus_inspect(session->root, &machine.cpus) < 0 ||
		 system_read(session->root, &machine.system) < 0)
		r = error_set(error, -ENOMEM, "out of memory");
	plan_done(&plan);
	if (r < 0)
		machine_done(&machine);
	else
		*ret = machine;
	return r;
}

int session_enter(struct session *session, const struct variant *variant, struct machine *ret,
		  struct error *error)
{
	struct machine machine;
	struct plan plan;
	int r = look(session, variant, &machine, &plan, error);

	if (r < 0)
		return r;
	r = save_and_apply(session->root, &session->state, &plan, error);
	plan_done(&plan);
	machine_done(&machine);
	return r < 0 ? r : session_check(session, variant, ret, error);
}

bool session_is_stopped(const struct session *session)
{
	struct pollfd stop = { .fd = session->stop_fd, .events = POLLIN };

	return poll(&stop, 1, 0) > 0;
}

static int go_back(struct session *session, struct error *error)
{
	struct machine machine = { 0 };
	struct plan plan = { 0 };
	int r = read_machine(session, &machine, error);

	if (r == 0) {
		r = variant_plan_back(&machine, &session->state, &session->found, &plan);
		if (r < 0)
			error_set(error, r, "out of memory");
	}
	if (r == 0)
		r = save_and_apply(session->root, &session->state, &plan, error);
	for (size_t i = 0; r == 0 && i < plan.n_ops; i++)
		if (plan.ops[i].result == OP_FAILED)
			r = error_set(error, plan.ops[i].error ? -plan.ops[i].error : -EIO,
				      "%s could not be put back to %s; try 'ax650n-tune revert'",
				      plan.ops[i].path, plan.ops[i].want);
	if (r == 0)
		r = state_write(session->root, &session->before, error);
	plan_done(&plan);
	machine_done(&machine);
	return r;
}

int session_end(struct session *session, struct error *error)
{
	int r = go_back(session, error);

	close_p(&session->lock);
	close_p(&session->stop_fd);
	state_done(&session->state);
	state_done(&session->before);
	plan_done(&session->found);
	return r;
}
