/** Runs four threads that call /fast, /slow and /drop in a transaction, and writes a JTL as CSV and as XML. */
import org.apache.jmeter.control.LoopController;
import org.apache.jmeter.control.TransactionController;
import org.apache.jmeter.engine.StandardJMeterEngine;
import org.apache.jmeter.protocol.http.sampler.HTTPSamplerProxy;
import org.apache.jmeter.reporters.*;
import org.apache.jmeter.samplers.SampleSaveConfiguration;
import org.apache.jmeter.testelement.TestPlan;
import org.apache.jmeter.threads.ThreadGroup;
import org.apache.jmeter.util.JMeterUtils;
import org.apache.jorphan.collections.HashTree;
import java.io.File;

public class JMeterRun {
  static HTTPSamplerProxy get(String path, int port) {
    HTTPSamplerProxy s = new HTTPSamplerProxy();
    s.setName("GET " + path); s.setDomain("127.0.0.1"); s.setPort(port); s.setPath(path);
    s.setMethod("GET"); s.setProtocol("http"); s.setUseKeepAlive(true); s.setResponseTimeout("2000");
    return s;
  }
  static ResultCollector collect(String file, boolean xml, Summariser sum) {
    ResultCollector c = new ResultCollector(sum);
    SampleSaveConfiguration s = new SampleSaveConfiguration(true);
    s.setAsXml(xml); s.setFieldNames(!xml);
    s.setResponseHeaders(false); s.setRequestHeaders(false); s.setResponseData(false); s.setUrl(false); s.setFileName(false); s.setSamplerData(false);
    c.setSaveConfig(s); c.setFilename(file);
    return c;
  }
  public static void main(String[] a) throws Exception {
    int port = Integer.parseInt(a[0]);
    File props = new File("/usr/share/jmeter/bin/jmeter.properties");
    JMeterUtils.loadJMeterProperties(props.getPath());
    JMeterUtils.setJMeterHome("/usr/share/jmeter");
    JMeterUtils.setProperty("saveservice_properties", "/bin/saveservice.properties");
    JMeterUtils.setProperty("summariser.interval", "600");
    JMeterUtils.setProperty("jmeter.save.saveservice.response_data.on_error", "false");
    JMeterUtils.initLocale();
    LoopController loop = new LoopController(); loop.setLoops(Integer.parseInt(a[2])); loop.setFirst(true); loop.initialize();
    ThreadGroup tg = new ThreadGroup(); tg.setName("tg"); tg.setNumThreads(4); tg.setRampUp(0); tg.setSamplerController(loop);
    TransactionController tc = new TransactionController(); tc.setName("journey"); tc.setParent("parent".equals(a[1]));
    TestPlan plan = new TestPlan("plan");
    HashTree tree = new HashTree();
    HashTree planTree = tree.add(plan);
    HashTree tgTree = planTree.add(tg);
    HashTree loopTree = tgTree;
    HashTree t = loopTree.add(tc);
    t.add(get("/fast", port)); t.add(get("/slow", port)); t.add(get("/drop", port));
    Summariser sum = new Summariser("summary");
    planTree.add(collect(a[3] + ".csv", false, sum));
    planTree.add(collect(a[3] + ".xml", true, null));
    StandardJMeterEngine e = new StandardJMeterEngine();
    e.configure(tree);
    e.run();
    System.exit(0);
  }
}
