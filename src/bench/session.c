/* SPDX-License-Identifier: MIT */
/* Puts one variant after the other in force, and at the end restores what was in force before. */

#include "bench/session.h"

#include "apply/apply.h"
#include "apply/state-file.h"
#include "base/util.h"
#include "bench/variant.h"
#include "machine/machine.h"
#include "plan/config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>

/* Unlike SIG_IGN, a handler does not last beyond exec(): a workload gets what this program got. */
static void on_broken_pipe(int signal_number)
{
	(void)signal_number;
}

static int open_stop_fd(sigset_t *ret_mask, struct error *error)
{
	struct sigaction action = { .sa_handler = on_broken_pipe }, before;
	sigset_t signals;
	int fd = -1;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGQUIT);
	if (sigprocmask(SIG_BLOCK, &signals, ret_mask) == 0 &&
	    sigaction(SIGPIPE, NULL, &before) == 0 &&
	    (before.sa_handler == SIG_IGN || sigaction(SIGPIPE, &action, NULL) == 0))
		fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? error_set(error, -errno, "cannot catch signals: %s", strerror(errno)) : fd;
}

static int read_machine(const struct session *session, struct machine *ret, struct error *error)
{
	const struct config *config = session->config;

	int r = machine_read(session->root, config->devices, config->n_devices, ret, error);

	if (r < 0)
		return r;
	r = kinds_read(session->root, KIND_ALL, ret);
	if (r < 0) {
		machine_done(ret);
		error_set(error, r, "out of memory");
	}
	return r;
}

static void session_done(struct session *session)
{
	close_p(&session->lock);
	close_p(&session->stop_fd);
	state_done(&session->state);
	state_done(&session->before);
	plan_done(&session->found);
}

int session_begin(const struct root *root, const struct config *config, const struct log *log,
		  struct session *ret, struct error *error)
{
	struct session session = { .root = root, .config = config, .lock = -1, .stop_fd = -1 };
	struct machine machine = { 0 };
	int r = state_lock(root, false, log, &session.lock, error);

	if (r == 0)
		r = read_machine(&session, &machine, error);
	if (r == 0)
		r = state_read(root, &session.before, error);
	if (r == 0)
		r = state_read(root, &session.state, error);
	if (r == 0 && plan_revert(&machine, &session.before, &session.found) < 0)
		r = error_set(error, -ENOMEM, "out of memory");
	if (r == 0)
		r = session.stop_fd = open_stop_fd(&session.mask, error);
	machine_done(&machine);
	if (r < 0) {
		session_done(&session);
		return r;
	}
	*ret = session;
	return 0;
}

/* The machine as it is now, and what it takes to put VARIANT in force. */
static int plan_session(const struct session *session, const struct variant *variant,
			struct machine *machine, struct plan *plan, struct error *error)
{
	int r = read_machine(session, machine, error);

	return r < 0 ? r
		     : variant_plan(variant, machine, session->config, &session->state, plan,
				    error);
}

int session_check(struct session *session, const struct variant *variant, struct machine *ret,
		  struct error *error)
{
	struct machine machine = { 0 };
	struct plan plan = { 0 };
	int r = plan_session(session, variant, &machine, &plan, error);
	const struct op *missing = r == 0 ? variant_missing(variant, &plan) : NULL;

	if (missing)
		r = error_set(error, -EBUSY, "%s is %s, not %s", missing->path,
			      missing->had ? missing->had : "gone", missing->want);
	if (r == 0 && (cpus_inspect(session->root, &machine.cpus) < 0 ||
		       system_read(session->root, &machine.system) < 0))
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
	struct machine machine = { 0 };
	struct plan plan = { 0 };
	int r = plan_session(session, variant, &machine, &plan, error);

	if (r == 0)
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

int session_stop_signal(const struct session *session)
{
	struct signalfd_siginfo info;

	return read(session->stop_fd, &info, sizeof(info)) == sizeof(info) ? (int)info.ssi_signo
									   : 0;
}

int session_check_variants(const struct session *session, const struct variants *variants,
			   struct error *error)
{
	struct machine machine = { 0 };
	int r = read_machine(session, &machine, error);

	if (r == 0)
		r = variants_check(variants, &machine, session->config, &session->state, error);
	machine_done(&machine);
	return r;
}

static int restore_settings(struct session *session, struct error *error)
{
	struct machine machine = { 0 };
	struct plan plan = { 0 };
	int r = read_machine(session, &machine, error);

	if (r == 0 && variant_plan_back(&machine, &session->state, &session->found, &plan) < 0)
		r = error_set(error, -ENOMEM, "out of memory");
	if (r == 0)
		r = save_and_apply(session->root, &session->state, &plan, error);
	for (size_t i = 0; r == 0 && i < plan.n_ops; i++)
		if (plan.ops[i].result == OP_FAILED)
			r = error_set(error, plan.ops[i].error ? -plan.ops[i].error : -EIO,
				      "cannot restore %s to %s; try 'ax650n-tune revert'",
				      plan.ops[i].path, plan.ops[i].want);
	if (r == 0)
		r = state_write(session->root, &session->before, error);
	plan_done(&plan);
	machine_done(&machine);
	return r;
}

int session_end(struct session *session, struct error *error)
{
	int r = restore_settings(session, error);

	session_done(session);
	return r;
}
