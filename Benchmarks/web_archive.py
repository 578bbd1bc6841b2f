#!/usr/bin/env python3
"""What a scan of a web archive costs beside one of the same files loose.

    Benchmarks/web_archive.py ANSIM FOLDER [ROUNDS] [OPTION...]

Fetches FOLDER with wget from a server on loopback into a .warc.gz, then scans the archive and what wget saved, in turns,
with one worker, and prints the CPU time of each (the least and the median of the rounds). OPTIONs go to the scan.
"""
import functools, http.server, os, resource, statistics, subprocess, sys, tempfile, threading, urllib.parse


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


def fetch(folder, target):
    site = os.path.join(target, "site")
    os.mkdir(site)
    os.symlink(os.path.abspath(folder), os.path.join(site, "files"))
    names = sorted(os.path.relpath(os.path.join(d, f), folder) for d, _, files in os.walk(folder) for f in files)
    with open(os.path.join(site, "index.html"), "w") as page:
        page.writelines('<img src="files/%s">\n' % urllib.parse.quote(name) for name in names)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = "http://127.0.0.1:%d/index.html" % server.server_port
    subprocess.run(
        ["wget", "-q", "-nH", "-r", "-l", "1", "--warc-file=crawl", "-P", "loose", address], cwd=target, check=True)
    server.shutdown()
    os.remove(os.path.join(target, "loose", "index.html"))
    return os.path.join(target, "loose"), os.path.join(target, "crawl.warc.gz")


def seconds(command, environment):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    status = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
    assert status in (0, 2), "the scan failed"
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


ansim, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
with tempfile.TemporaryDirectory() as target:
    environment = dict(os.environ, ANSIM_REGISTRY=target + "/registry.sqlite")
    samples = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../SampleMedia/reference")
    subprocess.run([ansim, "register", "--case", "x", samples], env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    loose, archive = fetch(folder, target)
    base = [ansim, "scan", "--quiet", "--no-ledger", "--workers", "1"] + sys.argv[4:]
    times = {loose: [], archive: []}
    for _ in range(rounds):
        for path in times:
            times[path].append(seconds(base + [path], environment))
    for name, path in (("loose", loose), (".warc.gz", archive)):
        print("%-8s  %.3f s at least, %.3f s in the middle" % (name, min(times[path]), statistics.median(times[path])))
    print("ratio     %.3f at least, %.3f in the middle" % (
        min(times[archive]) / min(times[loose]), statistics.median(times[archive]) / statistics.median(times[loose])))
