"""A small file system of one's own, to fill."""

import os
import subprocess

from program import clean_environment


class SmallDisk:
    """A tmpfs, as a context manager. Its mount is in a namespace of its own, which ends with it."""

    def __init__(self, place, size):
        self.place, self.size = place, size

    def __enter__(self):
        self.place.mkdir()
        script = f'mount -t tmpfs -o size={self.size} tmpfs "$1" && echo mounted && exec sleep infinity'
        user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        self.holder = subprocess.Popen(
            ["unshare", *user, "--mount", "sh", "-c", script, "sh", self.place],
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        if self.holder.stdout.readline() != "mounted\n":
            _, why = self.holder.communicate()
            raise AssertionError(
                f"a tmpfs can't be mounted here ({why.strip()}): run the tests as root, or where user namespaces are "
                "allowed (sysctl kernel.unprivileged_userns_clone=1; docker run --cap-add SYS_ADMIN)"
            )
        # The way in from outside.
        self.inside = f"/proc/{self.holder.pid}/root{self.place}"
        user = [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
        self.command = ["nsenter", "-t", str(self.holder.pid), *user, "--mount", f"--wd={os.getcwd()}"]
        return self

    def __exit__(self, *_):
        self.holder.kill()
        self.holder.communicate()

    def remount(self, options):
        subprocess.run([*self.command, "mount", "-o", f"remount,{options}", self.place], check=True)

    def fill(self):
        """Leaves no room at all."""
        with open(f"{self.inside}/filler", "ab", buffering=0) as file:
            for size in (1 << 16, 1 << 12, 1):
                try:
                    while file.write(b"x" * size) == size:
                        pass
                except OSError:
                    pass

    def empty(self):
        os.unlink(f"{self.inside}/filler")
